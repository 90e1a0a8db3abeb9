import type {IconName} from '../ui/Icon';

export interface Place {
  to: string;
  label: string;
  icon: IconName;
  /** What else people call it, for the quick search. */
  also?: string;
}

export const places: {title: string; places: Place[]}[] = [
  {title: '', places: [{to: '/', label: 'Home', icon: 'home', also: 'overview start dashboard'}]},
  {
    title: 'Connect',
    places: [
      {
        to: '/marketplace',
        label: 'Marketplace',
        icon: 'store',
        also: 'providers catalogue integrations',
      },
      {to: '/apps', label: 'Apps', icon: 'app', also: 'oauth clients'},
      {
        to: '/connections',
        label: 'Connections',
        icon: 'link',
        also: 'users customers grants tokens',
      },
    ],
  },
  {
    title: 'Watch',
    places: [
      {to: '/calls', label: 'Calls', icon: 'calls', also: 'requests log proxy'},
      {to: '/try', label: 'Try a call', icon: 'try', also: 'console playground curl'},
      {to: '/health', label: 'Health', icon: 'health', also: 'status checks'},
    ],
  },
  {
    title: 'Manage',
    places: [
      {to: '/keys', label: 'API keys', icon: 'key', also: 'tokens secrets'},
      {to: '/members', label: 'Members', icon: 'members', also: 'people invite roles team'},
      {to: '/audit', label: 'Audit', icon: 'audit', also: 'trail history who did what'},
      {to: '/settings', label: 'Settings', icon: 'settings', also: 'account password totp company'},
    ],
  },
];
