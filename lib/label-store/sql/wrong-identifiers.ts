import type { TableName } from '@/lib/clickhouse/identifiers';
import type { CustomerTables } from '@/lib/customers/model';
import { detectionColumns, type SideColumns } from '@/lib/detection/judge/sql/columns';
import { type RowIdentifiers, rowIdentifiers } from './row-hash';

/** What the statements about wrong rows are made from, all of it from the catalogue. */
export type WrongIdentifiers = RowIdentifiers & {
  truthSide: SideColumns;
  labelSide: SideColumns;
  labels: TableName;
  labelsLocal: TableName;
  cluster: string | null;
  readCluster: string | null;
};

export function wrongIdentifiers(tables: CustomerTables): WrongIdentifiers {
  const { truth, labels } = detectionColumns(tables);
  return {
    ...rowIdentifiers(tables),
    truthSide: truth,
    labelSide: labels,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    readCluster: tables.readCluster,
  };
}
