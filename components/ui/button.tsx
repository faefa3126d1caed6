import type { Route } from 'next';
import Link from 'next/link';
import type { ComponentProps } from 'react';
import { cn } from './cn';

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent',
  secondary: 'bg-surface text-text hover:bg-raised border-line-strong',
  ghost: 'bg-transparent text-muted hover:bg-raised hover:text-text border-transparent',
  danger: 'bg-attention text-bg hover:opacity-90 border-transparent',
};

type Look = { look?: keyof typeof looks; size?: 'sm' | 'md' | 'tall' };

const sizes = {
  sm: 'h-7 shrink-0 whitespace-nowrap px-2 text-xs',
  md: 'h-8 shrink-0 whitespace-nowrap px-3 text-sm',
  tall: 'min-h-9 px-3 py-2 text-sm',
};

const classes = ({ look = 'secondary', size = 'md' }: Look, className?: string) =>
  cn(
    'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium transition-colors duration-100',
    'disabled:border-line disabled:bg-raised disabled:text-muted disabled:hover:bg-raised',
    sizes[size],
    looks[look],
    className,
  );

export function Button({ look, size, className, ...rest }: Look & ComponentProps<'button'>) {
  return <button type="button" {...rest} className={classes({ look, size }, className)} />;
}

export function ButtonLink({
  look,
  size,
  className,
  href,
  ...rest
}: Look & Omit<ComponentProps<'a'>, 'href'> & { href: Route }) {
  return <Link href={href} {...rest} className={classes({ look, size }, className)} />;
}

/** A link that leaves the console, such as to the sign-in provider. It is never prefetched. */
export function ButtonAnchor({ look, size, className, ...rest }: Look & ComponentProps<'a'>) {
  return <a {...rest} className={classes({ look, size }, className)} />;
}
