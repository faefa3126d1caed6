'use client';

import type { Live } from './live';
import { Failed, PageSkeleton } from './states';

/** A page, or a part of it, that shows one read: its shape while it loads, why it could not be read, or its data. */
export function LiveScreen<T>({
  live,
  what,
  notFound = what,
  stillWorks,
  skeleton = <PageSkeleton />,
  wayOut,
  part = false,
  children,
}: {
  live: Live<T>;
  /** "The approvals could not be read". */
  what: string;
  /** "No such run": the title where nothing has this address. */
  notFound?: string;
  /** What a person can still count on while it cannot be read. */
  stillWorks?: string;
  skeleton?: React.ReactNode;
  /** A link to where to go instead. */
  wayOut?: React.ReactNode;
  /** It is on a page that has its heading elsewhere. */
  part?: boolean;
  children: (data: T) => React.ReactNode;
}) {
  const { data, failure } = live;
  if (data !== undefined) return children(data);
  if (!failure) return skeleton;
  const isNotFound = failure.code === 'not_found';
  return (
    <Failed
      what={isNotFound ? notFound : what}
      failure={failure}
      retry={live}
      stillWorks={isNotFound ? undefined : stillWorks}
      page={!part}
    >
      {wayOut}
    </Failed>
  );
}
