import './support/version-option';

import { runClickHouse } from '../lib/embedded/clickhouse/command';

await runClickHouse(process.argv.slice(2));
