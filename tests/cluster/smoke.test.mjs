// What the local cluster guarantees to the tests that use it. Run: node --test tests/cluster/smoke.test.mjs
import { after, before } from 'node:test';
import { startStage, stopStage } from './smoke/stage.mjs';
import './smoke/jobs.mjs';
import './smoke/api-server.mjs';
import './smoke/crashes.mjs';

before(startStage);
after(stopStage);
