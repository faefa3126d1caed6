import { read, write } from '@/components/ui/storage';

/** What the tabs of this browser share: the runs of which the person wants to hear the end. */
const key = 'slc.runs.watched';
/** More are forgotten, the oldest first. */
const watchedMost = 20;

export const watchedText = (): string => read(key) ?? '';
export const watchedOf = (text: string): string[] => text.split(' ').filter(Boolean);

/** Adds a run, or takes it away. */
export function watch(runId: string, isWanted: boolean): void {
  const others = watchedOf(watchedText()).filter((one) => one !== runId);
  write(key, (isWanted ? [...others, runId] : others).slice(-watchedMost).join(' '));
  window.dispatchEvent(new Event(key));
}

/** Calls `onChange` when this or another tab changes them. */
export function onWatched(onChange: () => void): () => void {
  window.addEventListener(key, onChange);
  window.addEventListener('storage', onChange);
  return () => {
    window.removeEventListener(key, onChange);
    window.removeEventListener('storage', onChange);
  };
}
