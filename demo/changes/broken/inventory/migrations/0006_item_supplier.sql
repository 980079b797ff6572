-- Adds the supplier, and prices may no longer be negative. SQLite cannot add a constraint to a
-- table, so the table is built anew.
CREATE TABLE item_new (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    reorder_level INTEGER,
    supplier TEXT
);
INSERT INTO item_new (sku, name, unit, price_cents) SELECT sku, name, unit, price_cents FROM item;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
