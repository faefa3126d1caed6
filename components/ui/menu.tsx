'use client';

import { DropdownMenu as Radix } from 'radix-ui';

/** A menu below its trigger. */
export function Menu({ trigger, children }: { trigger: React.ReactNode; children: React.ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-52 animate-settle rounded-lg border border-line bg-surface p-1 shadow-raised"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  onSelect,
  children,
  hint,
  disabled,
}: {
  onSelect?: () => void;
  children: React.ReactNode;
  hint?: string;
  disabled?: boolean;
}) {
  return (
    <Radix.Item
      onSelect={onSelect}
      disabled={disabled}
      className="flex cursor-pointer flex-col rounded-md px-2.5 py-1.5 text-sm outline-none data-[disabled]:cursor-not-allowed data-[highlighted]:bg-raised data-[disabled]:opacity-60"
    >
      {children}
      {hint && <span className="max-w-72 whitespace-normal text-muted text-xs">{hint}</span>}
    </Radix.Item>
  );
}

export function MenuLabel({ children }: { children: React.ReactNode }) {
  return <Radix.Label className="px-2.5 py-1 text-muted text-xs">{children}</Radix.Label>;
}
