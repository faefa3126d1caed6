import type { ComponentProps } from 'react';
import { cn } from './cn';

const box =
  'rounded-md border border-line-strong bg-surface px-2.5 text-sm text-text placeholder:text-muted hover:border-muted';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cn(box, 'h-8', className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...rest} className={cn(box, 'py-1.5', className)} />;
}

export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select {...rest} className={cn(box, 'h-8 max-w-full pr-7', className)} />;
}

/** A label above its control, and below it a hint or the error. */
export function Field({
  htmlFor,
  label,
  hint,
  error,
  children,
  className,
}: {
  htmlFor: string;
  label: string;
  hint?: string;
  error?: string;
  children: React.ReactNode;
  className?: string;
}) {
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <label htmlFor={htmlFor} className="font-medium text-muted text-xs">
        {label}
      </label>
      {children}
      {error ? (
        <span className="text-attention text-xs">{error}</span>
      ) : (
        hint && <span className="text-muted text-xs">{hint}</span>
      )}
    </div>
  );
}
