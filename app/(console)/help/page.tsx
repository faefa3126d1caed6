import type { Metadata } from 'next';
import { HelpContent } from '@/components/help/help-content';
import { Heading } from '@/components/ui/heading';
import { load, openPage } from '@/lib/edge/page';
import { readHelp } from '@/lib/help/read-help';

export const metadata: Metadata = { title: 'Help' };

export default async function HelpPage() {
  await openPage('/help');
  const initial = await load('page.help', 'read', readHelp);
  return (
    <>
      <Heading title="Help" verdict="Keys, colours, words, documents, and whom to ask." />
      <HelpContent initial={initial} />
    </>
  );
}
