/** A document of docs/ that Help shows: `name` is that of its file, without ".md". */
export type HelpDocument = { name: string; title: string; about: string };

/** The documents in the order in which a newcomer needs them. A test holds that each file of docs/ is one of them. */
export const helpDocuments: readonly HelpDocument[] = [
  { name: 'glossary', title: 'Glossary', about: 'what each word means' },
  { name: 'customers', title: 'Customers', about: 'how they are changed, paused and retired; a file of customers' },
  { name: 'findings', title: 'Findings', about: 'days that are wrong, since when, and what was done' },
  { name: 'find', title: 'Find anything', about: 'what Ctrl K reads out of a search or a ticket' },
  { name: 'repair', title: 'Repair', about: 'the strategies, and the states of a repair' },
  { name: 'campaigns', title: 'Campaigns', about: 'many customers at once, and standing orders' },
  { name: 'detection', title: 'Detection', about: 'how a conversation is judged, step by step' },
  { name: 'notifications', title: 'Notifications', about: 'who hears of what, and by which channel' },
  { name: 'cli', title: 'Command line', about: 'every command, and its exit codes' },
  { name: 'operations', title: 'Operations', about: 'how the console is run on Kubernetes' },
  { name: 'configuration', title: 'Configuration', about: 'every variable' },
  { name: 'retention', title: 'Retention', about: 'what is kept, and for how long' },
  { name: 'architecture', title: 'Architecture', about: 'where things are in the code' },
  { name: 'column-kinds', title: 'Kinds of columns', about: 'which column types of ClickHouse are supported' },
  { name: 'clickhouse-facts', title: 'Facts', about: 'what the code relies on, of ClickHouse and Kubernetes' },
  { name: 'embedded-clickhouse', title: 'Embedded ClickHouse', about: 'the engine of the one-command start' },
  { name: 'benchmarks', title: 'Benchmarks', about: 'how fast it is, and how that was measured' },
];
