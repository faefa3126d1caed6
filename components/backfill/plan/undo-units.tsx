import { unitName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Ago } from '@/components/ui/time';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { bytes, formatNumber } from '@/lib/words';

/** An undo, unit by unit: the rows that it deletes, the rows that come back, and how old those are. */
export function UndoUnits({ plan }: { plan: Plan }) {
  const heads = ['Rows deleted', 'Rows that come back', 'Will differ from the truth', 'Backed up', 'Size'];
  return (
    <Scroller className="max-h-[60vh]">
      <table className="w-full border-collapse text-sm">
        <TableHead first="Unit" columns={heads} />
        <tbody>
          {plan.units.map(({ unit, skip, rowsToDelete, undo }) => (
            <tr key={unit} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                {unitName(unit)}
              </th>
              {skip || !undo ? (
                <td colSpan={heads.length} className="px-3 text-muted">
                  left as it is: {skip}
                </td>
              ) : (
                <>
                  <td className="px-3 text-right">{formatNumber(rowsToDelete)}</td>
                  <td className="px-3 text-right font-semibold">{formatNumber(undo.rows)}</td>
                  <td className="px-3 text-right">
                    {formatNumber(undo.differAfter)}
                    {undo.missingAfter > 0 && (
                      <span className="block whitespace-nowrap text-attention text-xs">
                        {formatNumber(undo.missingAfter)} of them without a label
                      </span>
                    )}
                  </td>
                  <td className="whitespace-nowrap px-3 text-right">
                    {undo.backedUpAtMs === null ? '–' : <Ago ms={undo.backedUpAtMs} />}
                  </td>
                  <td className="whitespace-nowrap px-3 text-right">{bytes(undo.bytes)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
