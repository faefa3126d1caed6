/** The keys of every page, and what they do. */
export const keys: readonly [keys: string, what: string][] = [
  ['Ctrl K or Cmd K', 'Find a customer, a day, an agent, a run or an action, or paste a ticket'],
  ['/', 'Search on this page'],
  ['j and k', 'Next and previous row, also in the panel of a conversation'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close what is open, or leave the search'],
  ['?', 'Help'],
];
