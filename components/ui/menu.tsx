import { DropdownMenu } from 'radix-ui';
import { useRef, useState } from 'react';
import { Button } from './button';

/**
 * Choices that a button opens; they are open at first. The arrow keys move over them; a choice, Esc and Tab give the focus
 * back to the button.
 */
export function Menu({
  label,
  button,
  byKeys,
  children,
}: {
  label: string;
  button: React.ReactNode;
  /** It was opened by a key, so its first choice has the focus. */
  byKeys: boolean;
  children: React.ReactNode;
}) {
  const [open, setOpen] = useState(true);
  const isNew = useRef(byKeys);
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger asChild>
        <Button look="ghost" className="max-w-56" aria-label={label}>
          {button}
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={4}
        collisionPadding={16}
        onFocus={({ target, currentTarget }) => {
          if (!isNew.current || target !== currentTarget) return;
          isNew.current = false;
          currentTarget.querySelector<HTMLElement>('[role=menuitem]')?.focus();
        }}
        onKeyDown={(event) => event.key === 'Tab' && setOpen(false)}
        className="z-50 flex min-w-52 max-w-[calc(100vw-2rem)] animate-settle flex-col rounded-lg border border-line bg-surface p-1 shadow-raised outline-none"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: React.ReactNode }) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className="cursor-pointer rounded-md px-2.5 py-1.5 text-sm outline-none data-[highlighted]:bg-raised"
    >
      {children}
    </DropdownMenu.Item>
  );
}

export function MenuLabel({ children }: { children: React.ReactNode }) {
  return <DropdownMenu.Label className="px-2.5 py-1 text-muted text-xs">{children}</DropdownMenu.Label>;
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 border-line border-t" />;
}
