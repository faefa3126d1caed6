-- A chunk is written three times and a customer's parts at each look that found a change, so their pages keep room. Rows
-- that live for a minute, and large texts that are written again and again, are given back by number and not by share.
ALTER TABLE scan_chunks SET (fillfactor = 60);
ALTER TABLE overview_changes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
ALTER TABLE part_looks SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000);
ALTER TABLE findings SET (autovacuum_vacuum_insert_scale_factor = 0.1);
