CREATE TABLE movement (
    id INTEGER PRIMARY KEY,
    sku TEXT NOT NULL,
    warehouse TEXT NOT NULL,
    delta INTEGER NOT NULL
);
