import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { clusterCases } from './cluster-cases';

clusterCases('@socket.io/redis-adapter', {
  link(url, key) {
    const pub = createClient({ url }).on('error', () => undefined);
    const sub = pub.duplicate().on('error', () => undefined);
    return {
      async connect() {
        await Promise.all([pub, sub].map((client) => client.isOpen || client.connect()));
      },
      adapter: () => createAdapter(pub, sub, { key }),
      async close() {
        await Promise.all([pub, sub].map((client) => client.isOpen && client.close()));
      },
    };
  },
  listening: () => Promise.resolve(true),
});
