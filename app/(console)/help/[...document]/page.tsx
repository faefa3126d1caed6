import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Document } from '@/components/help/document';
import { routes } from '@/components/routes';
import { openPage } from '@/lib/edge/page';
import { readDocument } from '@/lib/help/read-document';

type Props = PageProps<'/help/[...document]'>;

const titleOf = (markdown: string): string => /^# (.+)$/m.exec(markdown)?.[1] ?? 'Help';

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const markdown = await readDocument((await params).document);
  return { title: markdown === null ? 'No such document' : titleOf(markdown) };
}

export default async function DocumentPage({ params }: Props) {
  const { document: path } = await params;
  await openPage(routes.document(path.join('/')));
  const markdown = await readDocument(path);
  if (markdown === null) notFound();
  return (
    <>
      <p className="text-sm">
        <Link href={routes.help()} className="underline">
          Help
        </Link>{' '}
        <span className="text-muted">docs/{path.join('/')}.md of this release</span>
      </p>
      <Document markdown={markdown} path={path} />
    </>
  );
}
