/** Only one tab at a time looks at what was shown. */
export const alone = (work: () => void): Promise<void> =>
  navigator.locks ? navigator.locks.request('slc.notifications', () => work()) : Promise.resolve(work());

/** Shows one notification of the browser; a click on it opens the console. */
export function show({
  title,
  body,
  tag,
  onClick,
}: {
  title: string;
  body: string;
  tag: string;
  onClick: () => void;
}): void {
  const notice = new Notification(title, { body, tag });
  notice.onclick = () => {
    window.focus();
    onClick();
    notice.close();
  };
}
