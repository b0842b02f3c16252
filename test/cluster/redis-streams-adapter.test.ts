import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { clusterCases } from './cluster-cases';

clusterCases('@socket.io/redis-streams-adapter', {
  link(url, key) {
    const client = createClient({ url }).on('error', () => undefined);
    return {
      async connect() {
        if (!client.isOpen) await client.connect();
      },
      // The adapter notices that it is closed when it has waited that long for a message.
      adapter: () => createAdapter(client, { streamName: key, channelPrefix: key, blockTimeInMs: 100 }),
      async close() {
        if (client.isOpen) await client.close();
      },
    };
  },
});
