'use client';

import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { cloneElement, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** Before a row is measured. */
const rowPx = 51;

/**
 * The body of a long table. Only the rows near the window exist, each with its number; spacers have the height of the
 * others. The row that has the focus exists wherever the window is, so that the focus is not lost by scrolling.
 */
export function VirtualRows<Row extends { id: string }>({
  rows,
  span,
  draw,
}: {
  rows: Row[];
  span: number;
  draw: (row: Row) => React.ReactElement<object>;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin: body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0,
    rangeExtractor: (range) => withRow(range, focused === null ? -1 : rows.findIndex(({ id }) => id === focused)),
  });
  if (usePrinting()) return <tbody>{rows.map(draw)}</tbody>;
  const items = virtual.getVirtualItems();
  let end = virtual.options.scrollMargin;
  const below = end + virtual.getTotalSize() - (items.at(-1)?.end ?? end);
  return (
    <tbody
      ref={body}
      onFocus={({ target }) => setFocused(rows[Number(target.closest('tr')?.dataset.index)]?.id ?? null)}
      onBlur={() => setFocused(null)}
    >
      {items.flatMap((item) => {
        const skipped = item.start - end;
        end = item.end;
        const row = cloneElement(draw(rows[item.index] as Row), {
          'data-index': item.index,
          'aria-rowindex': item.index + 2,
          ref: virtual.measureElement,
        } as object);
        return skipped > 0 ? [<Spacer key={`before ${item.index}`} height={skipped} span={span} />, row] : [row];
      })}
      {below > 0 && <Spacer height={below} span={span} />}
    </tbody>
  );
}

/** Whether the page is about to be printed: then all rows exist. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return printing;
}

/** The rows to draw, and this one; -1 is none. */
function withRow(range: Range, row: number): number[] {
  const near = defaultRangeExtractor(range);
  return row < 0 || near.includes(row) ? near : [...near, row].sort((a, b) => a - b);
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
