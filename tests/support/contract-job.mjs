// What the launcher's contract test runs as a Job: its environment says what it prints, how long it waits, whether it
// ignores SIGTERM and how it exits.
import { appendFileSync } from 'node:fs';

const {
  JOB_SAYS = '',
  JOB_SAYS_ALSO = '',
  JOB_MARKS,
  JOB_RUNS_MS = '0',
  JOB_IGNORES_TERM,
  JOB_EXITS = '0',
} = process.env;
if (JOB_IGNORES_TERM) process.on('SIGTERM', () => console.log('asked to stop, going on'));
if (JOB_MARKS) appendFileSync(JOB_MARKS, `${process.pid}\n`);
for (const line of JOB_SAYS.split('|').filter(Boolean)) console.log(line);
setTimeout(() => {
  for (const line of JOB_SAYS_ALSO.split('|').filter(Boolean)) console.log(line);
  process.exitCode = Number(JOB_EXITS);
}, Number(JOB_RUNS_MS));
