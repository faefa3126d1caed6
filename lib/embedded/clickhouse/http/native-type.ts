/** The layout of a column in the Native format, as far as its length has to be known. */
export type Layout =
  | { kind: 'fixed'; bytes: number }
  | { kind: 'string' }
  | { kind: 'nullable'; of: Layout }
  | { kind: 'array'; of: Layout }
  | { kind: 'tuple'; of: Layout[] }
  | { kind: 'lowCardinality'; of: Layout };

const fixedBytes: Record<string, number> = {
  Bool: 1,
  Nothing: 1,
  Enum8: 1,
  Enum16: 2,
  BFloat16: 2,
  Date: 2,
  Date32: 4,
  DateTime: 4,
  DateTime64: 8,
  Time: 4,
  Time64: 8,
  IPv4: 4,
  IPv6: 16,
  UUID: 16,
};

/** Names that stand for another type. */
const aliases: Record<string, string> = {
  Point: 'Tuple(Float64, Float64)',
  Ring: 'Array(Point)',
  LineString: 'Array(Point)',
  Polygon: 'Array(Ring)',
  MultiLineString: 'Array(LineString)',
  MultiPolygon: 'Array(Polygon)',
};

/** The layout of a type as ClickHouse writes its name; null for one that is not known here (JSON, Variant, states). */
export function layoutOf(type: string): Layout | null {
  const [, name = '', inside = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(type.trim()) ?? [];
  const alias = aliases[name];
  if (alias) return layoutOf(alias);
  const bytes = fixedBytes[name] ?? bytesOf(name, inside);
  if (bytes !== null) return { kind: 'fixed', bytes };
  const parts = partsOf(inside);
  const only = () => (parts.length === 1 ? layoutOf(parts[0] ?? '') : null);
  switch (name) {
    case 'String':
      return { kind: 'string' };
    case 'Nullable':
      return wrap('nullable', only());
    case 'Array':
      return wrap('array', only());
    case 'LowCardinality': {
      const of = only();
      return wrap('lowCardinality', of?.kind === 'nullable' ? of.of : of);
    }
    case 'SimpleAggregateFunction':
      return layoutOf(parts.at(-1) ?? '');
    case 'Map':
    case 'Nested':
      return wrap('array', tupleOf(parts));
    case 'Tuple':
      return tupleOf(parts);
    default:
      return null;
  }
}

const wrap = (kind: 'nullable' | 'array' | 'lowCardinality', of: Layout | null): Layout | null => of && { kind, of };

function tupleOf(parts: string[]): Layout | null {
  const of = parts.map((part) => layoutOf(part.replace(/^(?:\w+|`(?:[^`\\]|\\.)*`) +(?=\w)/s, '')));
  return of.length > 0 && of.every((each) => each !== null) ? { kind: 'tuple', of } : null;
}

function bytesOf(name: string, inside: string): number | null {
  const number = /^U?Int(8|16|32|64|128|256)$|^Float(32|64)$/.exec(name);
  if (number) return Number(number[1] ?? number[2]) / 8;
  if (name === 'FixedString') return Number(inside);
  if (name === 'Decimal') {
    const digits = Number.parseInt(inside, 10);
    return digits <= 9 ? 4 : digits <= 18 ? 8 : digits <= 38 ? 16 : 32;
  }
  return name.startsWith('Interval') ? 8 : null;
}

/** The parts between the commas of the outermost level. */
function partsOf(inside: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: word, index } of inside.matchAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]/gs)) {
    if (word === '(') depth += 1;
    if (word === ')') depth -= 1;
    if (word !== ',' || depth > 0) continue;
    parts.push(inside.slice(from, index).trim());
    from = index + 1;
  }
  return inside.trim() === '' ? [] : [...parts, inside.slice(from).trim()];
}
