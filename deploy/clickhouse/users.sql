-- The console's three ClickHouse users. Run as an administrator, on every node or with ON CLUSTER; replace every CHANGE_ME
-- by a secret of your own, and repeat the lines of `alaska_air` for each customer's database. Nothing else is needed.

-- Web and worker: SELECT only. readonly = 2 lets a query bring its own limits (1 refuses every setting).
CREATE SETTINGS PROFILE IF NOT EXISTS slc_reader SETTINGS
  readonly = 2,
  max_execution_time = 600 MAX 3600,
  max_memory_usage = 8000000000 MAX 16000000000;
CREATE USER IF NOT EXISTS slc_reader IDENTIFIED BY 'CHANGE_ME' SETTINGS PROFILE 'slc_reader';
GRANT SELECT ON alaska_air.conversation TO slc_reader;
GRANT SELECT ON alaska_air.conversation_d TO slc_reader;
GRANT SELECT ON alaska_air.conversation_with_labels TO slc_reader;
GRANT SELECT ON alaska_air.conversation_with_labels_d TO slc_reader;
GRANT SELECT ON alaska_air.conversation_with_labels_slc_backup TO slc_reader;
GRANT SELECT ON system.tables TO slc_reader;
GRANT SELECT ON system.columns TO slc_reader;
GRANT SELECT ON system.clusters TO slc_reader;
GRANT SELECT ON system.macros TO slc_reader;
GRANT SELECT ON system.parts TO slc_reader;
GRANT SELECT ON system.disks TO slc_reader;
GRANT SELECT ON system.replicas TO slc_reader;
GRANT SELECT ON system.mutations TO slc_reader;
GRANT SELECT ON system.metrics TO slc_reader;
-- How far the parts are that a mutation rewrites. Without it a percent is by whole parts.
GRANT SELECT ON system.merges TO slc_reader;
GRANT SELECT ON system.distribution_queue TO slc_reader;
-- A scan keeps one pass of numbers in a Memory table of its session; clusterAllReplicas needs both.
GRANT CREATE TEMPORARY TABLE, REMOTE ON *.* TO slc_reader;

-- The reference labeler, where it replaces the cron; a deployed cron keeps its own user.
CREATE USER IF NOT EXISTS slc_labeler IDENTIFIED BY 'CHANGE_ME';
GRANT SELECT, INSERT ON alaska_air.conversation_with_labels_d TO slc_labeler;
GRANT SELECT, INSERT ON alaska_air.conversation_with_labels TO slc_labeler;
GRANT SHOW TABLES, SHOW COLUMNS ON alaska_air.* TO slc_labeler;
GRANT SELECT ON system.tables TO slc_labeler;
GRANT SELECT ON system.columns TO slc_labeler;
GRANT SELECT ON system.clusters TO slc_labeler;
GRANT SELECT ON system.macros TO slc_labeler;
GRANT SELECT ON system.settings TO slc_labeler;

-- Backup, prove, delete, restore, kill and drop Jobs. ALTER DELETE only on the local label table, and with it KILL MUTATION of a delete;
-- INSERT is for restore, SELECT on the truth for the proof of no-gap; ALTER DELETE on the backups drops
-- their partitions once they are past their age. No DROP, no TRUNCATE.
CREATE USER IF NOT EXISTS slc_deleter IDENTIFIED BY 'CHANGE_ME';
GRANT SELECT, INSERT ON alaska_air.conversation_with_labels_d TO slc_deleter;
GRANT SELECT, INSERT, ALTER DELETE ON alaska_air.conversation_with_labels TO slc_deleter;
GRANT CREATE TABLE, SELECT, INSERT, ALTER DELETE ON alaska_air.conversation_with_labels_slc_backup TO slc_deleter;
GRANT SELECT ON alaska_air.conversation_d TO slc_deleter;
GRANT SELECT ON alaska_air.conversation TO slc_deleter;
GRANT SHOW TABLES, SHOW COLUMNS ON alaska_air.* TO slc_deleter;
GRANT SELECT ON system.tables TO slc_deleter;
GRANT SELECT ON system.columns TO slc_deleter;
GRANT SELECT ON system.clusters TO slc_deleter;
GRANT SELECT ON system.macros TO slc_deleter;
GRANT SELECT ON system.mutations TO slc_deleter;
GRANT SELECT ON system.settings TO slc_deleter;
GRANT CREATE TEMPORARY TABLE, REMOTE, CLUSTER ON *.* TO slc_deleter;
