import { release } from '@/lib/config';

/** Every program imports this first: with `--version` it prints its release and starts nothing. */
if (process.argv[2] === '--version') {
  process.stdout.write(`${release.version} ${release.commit}\n`);
  process.exit(0);
}
