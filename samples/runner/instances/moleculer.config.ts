import cluster from 'node:cluster';
import { ServiceBroker, type BrokerOptions } from 'moleculer';

/**
 * The options of the brokers of all instances, each a process of its own. The instances are nodes of one cluster: with a transporter, what
 * is sent to a room reaches the clients of all of them.
 */
const config: BrokerOptions = {
  // The instances are called web-1, web-2, …
  nodeID: 'web',
  logLevel: 'info',
  transporter: (process.env['TRANSPORTER'] as BrokerOptions['transporter']) ?? 'TCP',
};

// Moleculer 0.14 does not forward signals to the instances. It closes their servers, and waits until their connections end.
const { worker } = cluster;
if (worker && ServiceBroker.MOLECULER_VERSION.startsWith('0.14')) {
  const timer = setInterval(() => {
    if (!worker.exitedAfterDisconnect) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 100).unref();
}

export default config;
