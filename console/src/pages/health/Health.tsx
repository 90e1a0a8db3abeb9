import {useHealth} from '../../api/admin';
import {plainly} from '../../lib/words';
import {Badge} from '../../ui/Badge';
import {Callout, Problem} from '../../ui/Callout';
import {Icon} from '../../ui/Icon';
import {Card, Facts, PageHead, Skeleton} from '../../ui/Page';
import {Time} from '../../ui/Time';
import './health.css';

const titles: Record<string, string> = {
  database: 'Database',
  root_key: 'Root key',
  rootKey: 'Root key',
  clock: 'Clock',
  disk: 'Disk',
  audit_trail: 'Latest audit record',
  audit_chain: 'Audit chain',
  refresh: 'Token renewals',
  journal: 'Emergency journal',
  tls: 'Certificate',
  public_url: 'Public address',
};
const titleOf = (name: string): string =>
  titles[name] ??
  titles[name.replaceAll(/[ -]/g, '_')] ??
  (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll(/[_-]/g, ' ');
const words = {ok: 'Fine', warning: 'Warning', failed: 'Failed'} as const;
const tones = {ok: 'good', warning: 'warn', failed: 'bad'} as const;

export function Page() {
  const health = useHealth();
  const data = health.data;
  const worst = data ? [...data.checks].sort((a, b) => order(b.status) - order(a.status)) : [];
  return (
    <>
      <PageHead title="Health">
        What Wayleave needs to do its work, looked at every quarter of a minute while this page is
        open.
      </PageHead>
      {health.error && !data && (
        <Problem error={health.error} retry={() => void health.refetch()} />
      )}
      {health.isPending && (
        <Card>
          <Skeleton lines={6} height={28} />
        </Card>
      )}
      {data && (
        <div className="stack">
          {health.error && (
            <Problem error={health.error} title="The last look failed; what follows is older" />
          )}
          {data.status === 'ok' ? (
            <Callout tone="good" live title="Everything is fine">
              Every check passes.
            </Callout>
          ) : (
            <Callout
              tone={tones[data.status]}
              live
              title={
                data.status === 'failed'
                  ? 'Something does not work'
                  : 'Something wants your attention'
              }
            >
              The first of the checks below say what to do.
            </Callout>
          )}
          <Card flush>
            <ul className="checks">
              {worst.map((check) => (
                <li key={check.name} className="check-row">
                  <Icon
                    name={
                      check.status === 'ok' ? 'good' : check.status === 'warning' ? 'warn' : 'bad'
                    }
                    size={20}
                    className={`check-${check.status}`}
                  />
                  <div className="stack-tiny grow">
                    <div className="row-spread">
                      <h2>{titleOf(check.name)}</h2>
                      <Badge tone={tones[check.status]}>{words[check.status]}</Badge>
                    </div>
                    <p className="quiet">{plainly(check.text)}</p>
                    {check.remedy && (
                      <p>
                        <strong>What to do:</strong> {plainly(check.remedy)}
                      </p>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          </Card>
          <Card title="This server">
            <Facts
              rows={[
                ['Version', data.version],
                ['Started', <Time key="s" at={data.startedAt} />],
                ['Address', location.origin],
              ]}
            />
          </Card>
          <p className="faint small">
            For monitoring: <code>/healthz</code> and <code>/readyz</code> for probes,{' '}
            <code>/metrics</code> for Prometheus. On the command line: <code>wayleave doctor</code>.
          </p>
        </div>
      )}
    </>
  );
}

const order = (status: 'ok' | 'warning' | 'failed'): number =>
  ({ok: 0, warning: 1, failed: 2})[status];
