'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { cloneElement, useRef } from 'react';

/** Before a row is measured. */
const rowPx = 51;

/** The body of a long table. Only the rows near the window exist, each with its number; two spacers stand for the others. */
export function VirtualRows<T>({
  rows,
  span,
  draw,
}: {
  rows: T[];
  span: number;
  draw: (row: T) => React.ReactElement<object>;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin: body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0,
  });
  const items = virtual.getVirtualItems();
  const margin = virtual.options.scrollMargin;
  const before = Math.max((items[0]?.start ?? margin) - margin, 0);
  const after = Math.max(virtual.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin), 0);
  return (
    <tbody ref={body}>
      {before > 0 && <Spacer height={before} span={span} />}
      {items.map((item) =>
        cloneElement(draw(rows[item.index] as T), {
          'data-index': item.index,
          'aria-rowindex': item.index + 2,
          ref: virtual.measureElement,
        } as object),
      )}
      {after > 0 && <Spacer height={after} span={span} />}
    </tbody>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
