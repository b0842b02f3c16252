import type { Service } from 'moleculer';
import { clusterEventOf } from '../../plan/cluster-event';
import { ServiceCluster } from '../cluster/service-cluster';
import { describeThrown, type Report } from '../errors/run-safely';
import { GatewayMetrics } from '../observe/gateway-metrics';
import { FORWARDS, receiveForward } from '../push/send-message';

/** Builds the cluster of a service, which has no gateways yet. */
export function buildCluster(service: Service): ServiceCluster {
  const { broker, logger, fullName } = service;
  const report: Report = (what, error) => {
    logger.error(`${fullName}: ${what}: ${describeThrown(error)}`);
  };
  const cluster: ServiceCluster = new ServiceCluster({
    broker,
    service: fullName,
    event: clusterEventOf(service),
    log: logger,
    counters: GatewayMetrics.of(broker, report)?.cluster(fullName),
    receivers: {
      [FORWARDS](values) {
        for (const gateway of cluster.gateways) receiveForward(gateway, values);
      },
    },
  });
  return cluster;
}
