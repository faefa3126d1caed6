/** What a shortcut opens, wherever that is mounted. */
export type Command = 'switcher' | 'help' | 'stop everything';

const name = (command: Command) => `slc:${command}`;

export const sendCommand = (command: Command): boolean => window.dispatchEvent(new Event(name(command)));

/** Calls `listener` on each command until the returned function is called. */
export function onCommand(command: Command, listener: () => void): () => void {
  window.addEventListener(name(command), listener);
  return () => window.removeEventListener(name(command), listener);
}
