import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { clusterCases } from './cluster-cases';

clusterCases('@socket.io/redis-adapter', {
  link(url, key) {
    const pub = createClient({ url }).on('error', () => undefined);
    const sub = pub.duplicate().on('error', () => undefined);
    return {
      async connect() {
        for (const client of [pub, sub]) if (!client.isOpen) await client.connect();
      },
      adapter: () => createAdapter(pub, sub, { key }),
      async close() {
        for (const client of [pub, sub]) if (client.isOpen) await client.close();
      },
    };
  },
});
