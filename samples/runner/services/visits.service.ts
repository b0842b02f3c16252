import type { Context, ServiceSchema } from 'moleculer';

const visits = new Map<string, number>();

/** A plain service beside the gateway: it goes on counting while the gateway is reloaded. */
const service: ServiceSchema = {
  name: 'visits',
  actions: {
    count: {
      params: { name: 'string' },
      handler({ params: { name } }: Context<{ name: string }>) {
        const count = (visits.get(name) ?? 0) + 1;
        visits.set(name, count);
        return count;
      },
    },
  },
};

export default service;
