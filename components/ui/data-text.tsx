import { visible } from '@/lib/text';

/** Text from data: invisible characters are shown, and its writing direction does not affect the text beside it. */
export function DataText({ children }: { children: string }) {
  return <bdi>{visible(children)}</bdi>;
}
