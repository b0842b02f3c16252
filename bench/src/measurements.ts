import { CLIENT } from './measurements/client';
import { CLUSTER, CLUSTER_START, REMOTE_REQUEST } from './measurements/cluster';
import { CHURN, CONNECTING, IDLE_CONNECTIONS } from './measurements/connections';
import { EVENTS } from './measurements/events';
import { DRAIN, START } from './measurements/lifecycle';
import type { Measurement } from './measurements/measurement';
import { PACKAGE, REQUIRE } from './measurements/package';
import { PRESENCE_IDLE, PRESENCE_JOINS } from './measurements/presence';
import { ALONE, BROADCAST, FORWARD } from './measurements/pushes';
import { CROWD_OF_CLIENTS, STORM_OF_CLIENTS } from './measurements/scale';
import { DOWNLOAD, UPLOAD } from './measurements/streams';
import { VALIDATION } from './measurements/validation';

/** Has no target of its own. */
const LAST = 'everything-observed';

/** All measurements, the most important first: a run that is interrupted has measured these. */
export const MEASUREMENTS: readonly Measurement[] = [
  ...EVENTS.filter(({ name }) => name !== LAST),
  IDLE_CONNECTIONS,
  CONNECTING,
  BROADCAST,
  CLUSTER,
  ALONE,
  REQUIRE,
  UPLOAD,
  DOWNLOAD,
  STORM_OF_CLIENTS,
  CROWD_OF_CLIENTS,
  PRESENCE_JOINS,
  REMOTE_REQUEST,
  DRAIN,
  CLIENT,
  START,
  PACKAGE,
  PRESENCE_IDLE,
  VALIDATION,
  CHURN,
  FORWARD,
  CLUSTER_START,
  ...EVENTS.filter(({ name }) => name === LAST),
];
