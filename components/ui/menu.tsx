'use client';

import { createContext, useContext, useEffect, useId, useRef, useState } from 'react';
import { Button } from './button';

const CloseContext = createContext<() => void>(() => undefined);

/** Buttons that a button discloses. Esc, a choice, a click elsewhere or leaving it by Tab closes it. */
export function Menu({
  label,
  button,
  look,
  disabled,
  title,
  children,
}: {
  label?: string;
  button: React.ReactNode;
  look?: 'secondary' | 'ghost';
  disabled?: boolean;
  title?: string;
  children: React.ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => !box.current?.contains(event.target as Node) && setOpen(false);
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      trigger.current?.focus();
    };
    const onLeave = ({ relatedTarget: to }: FocusEvent) =>
      to instanceof Node && !box.current?.contains(to) && setOpen(false);
    const leaving = box.current;
    leaving?.addEventListener('focusout', onLeave);
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    return () => {
      leaving?.removeEventListener('focusout', onLeave);
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);
  return (
    <div ref={box} className="relative">
      <Button
        ref={trigger}
        look={look}
        className="max-w-56"
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        disabled={disabled}
        title={title}
        onClick={() => setOpen(!open)}
      >
        {button}
      </Button>
      {open && (
        <div
          id={id}
          className="absolute top-full right-0 z-50 mt-1 flex w-max min-w-52 max-w-[calc(100vw-2rem)] animate-settle flex-col rounded-lg border border-line bg-surface p-1 shadow-raised"
        >
          <CloseContext.Provider value={() => setOpen(false)}>{children}</CloseContext.Provider>
        </div>
      )}
    </div>
  );
}

export function MenuItem({
  onSelect,
  children,
  hint,
}: {
  onSelect: () => void;
  children: React.ReactNode;
  hint?: string;
}) {
  const close = useContext(CloseContext);
  return (
    <button
      type="button"
      onClick={() => {
        close();
        onSelect();
      }}
      className="flex flex-col rounded-md px-2.5 py-1.5 text-left text-sm hover:bg-raised focus-visible:bg-raised"
    >
      {children}
      {hint && <span className="max-w-72 text-muted text-xs">{hint}</span>}
    </button>
  );
}

export function MenuLabel({ children }: { children: React.ReactNode }) {
  return <p className="px-2.5 py-1 text-muted text-xs">{children}</p>;
}
