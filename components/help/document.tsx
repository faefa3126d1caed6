import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Route } from 'next';
import Link from 'next/link';
import { Scroller } from '@/components/ui/scroller';
import { linkOf, slugOf } from '@/lib/help/document-model';

const sizes = ['text-2xl', 'mt-4 text-lg', 'mt-2 text-base', 'text-base', 'text-sm', 'text-sm'];

/** A document of docs/ as a page. Links to other documents lead to their pages; HTML in it is shown as text. */
export function Document({ markdown, path }: { markdown: string; path: readonly string[] }) {
  return (
    <article className="flex max-w-4xl flex-col gap-3 leading-relaxed">
      <Blocks tokens={lexer(markdown)} path={path} />
    </article>
  );
}

type Part = { tokens: readonly Token[] | undefined; path: readonly string[] };

/** Tokens have no ids, and never change: their place is their key. */
const keyed = (tokens: readonly Token[] | undefined) =>
  (tokens ?? []).map((token, index) => ({ key: String(index), token: token as MarkedToken }));

function Blocks({ tokens, path }: Part) {
  return keyed(tokens).map(({ key, token }) => <Block key={key} token={token} path={path} />);
}

function Block({ token, path }: { token: MarkedToken; path: readonly string[] }) {
  switch (token.type) {
    case 'heading': {
      const Tag = `h${token.depth}` as 'h1';
      return (
        <Tag id={slugOf(token.text)} className={`scroll-mt-16 font-semibold tracking-tight ${sizes[token.depth - 1]}`}>
          <Inline tokens={token.tokens} path={path} />
        </Tag>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Inline tokens={token.tokens} path={path} />
        </p>
      );
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} path={path} /> : token.text;
    case 'list': {
      const Tag = token.ordered ? 'ol' : 'ul';
      return (
        <Tag className={token.ordered ? 'list-decimal pl-6' : 'list-disc pl-6'}>
          {token.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change
            <li key={index}>
              <Blocks tokens={item.tokens} path={path} />
            </li>
          ))}
        </Tag>
      );
    }
    case 'code':
      return (
        <Scroller>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
          <pre tabIndex={0} className="p-3 font-mono text-xs leading-normal">
            {token.text}
          </pre>
        </Scroller>
      );
    case 'blockquote':
      return (
        <blockquote className="border-line-strong border-l-2 pl-3 text-muted">
          <Blocks tokens={token.tokens} path={path} />
        </blockquote>
      );
    case 'table':
      return <Table table={token} path={path} />;
    case 'hr':
      return <hr className="border-line" />;
    case 'html':
      return <p>{token.text}</p>;
    default:
      return null;
  }
}

function Table({ table, path }: { table: Tokens.Table; path: readonly string[] }) {
  return (
    <Scroller>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
      <table tabIndex={0} className="w-full border-collapse text-sm">
        <thead className="border-line border-b bg-raised/60">
          <tr>
            {table.header.map((cell) => (
              <th key={cell.text} scope="col" className="px-3 py-1.5 text-left font-medium text-muted text-xs">
                <Inline tokens={cell.tokens} path={path} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change
            <tr key={index} className="border-line border-b align-top last:border-b-0">
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a document does not change
                <td key={column} className="px-3 py-1.5">
                  <Inline tokens={cell.tokens} path={path} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Inline({ tokens, path }: Part) {
  return keyed(tokens).map(({ key, token }) => <InlinePart key={key} token={token} path={path} />);
}

function InlinePart({ token, path }: { token: MarkedToken; path: readonly string[] }) {
  switch (token.type) {
    case 'strong':
      return (
        <strong className="font-semibold">
          <Inline tokens={token.tokens} path={path} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={token.tokens} path={path} />
        </em>
      );
    case 'codespan':
      return <code className="break-words rounded bg-raised px-1 font-mono text-[0.92em]">{token.text}</code>;
    case 'link':
      return (
        <DocumentLink href={linkOf(token.href, path)}>
          <Inline tokens={token.tokens} path={path} />
        </DocumentLink>
      );
    case 'br':
      return <br />;
    case 'escape':
      return token.text;
    case 'image':
      return token.text;
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} path={path} /> : token.text;
    default:
      return token.raw;
  }
}

function DocumentLink({ href, children }: { href: string | null; children: React.ReactNode }) {
  if (href === null) return children;
  if (/^https?:/.test(href))
    return (
      <a href={href} rel="noreferrer" className="underline">
        {children}
      </a>
    );
  return (
    <Link href={href as Route} prefetch={false} className="underline">
      {children}
    </Link>
  );
}
