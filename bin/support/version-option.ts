import { release } from '@/lib/config';

/** Imported first by every program: `--version` says which release it is and starts nothing. */
if (process.argv[2] === '--version') {
  process.stdout.write(`${release.version} ${release.commit}\n`);
  process.exit(0);
}
