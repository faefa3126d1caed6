import { visible } from '@/lib/text';

/** Text from data: it cannot hide characters, nor turn what stands beside it around. */
export function DataText({ children }: { children: string }) {
  return <bdi>{visible(children)}</bdi>;
}
