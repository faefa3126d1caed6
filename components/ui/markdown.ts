import { visible } from '@/lib/text';

/**
 * Escapes text from data for Markdown, on one line, so that it makes no link, HTML, table cell, emphasis or mention. A
 * mention is broken by a zero-width character; an address such as ada@example.com stays as it is.
 */
export const inMarkdown = (text: string): string =>
  visible(text)
    .replace(/[\\`*_[\]()#!|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/(^|[^\p{L}\p{N}])@/gu, '$1@\u200B')
    .replace(/:\/\//g, '\\://')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`);
