CREATE INDEX movement_by_sku ON movement (sku);
CREATE INDEX reservation_by_sku ON reservation (sku, state);
