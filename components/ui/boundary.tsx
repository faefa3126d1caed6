'use client';

import { Component } from 'react';

/** Draws `instead` where a part cannot be drawn, as when its file is gone with the release that the page is of. */
export class Boundary extends Component<{ instead: React.ReactNode; children: React.ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}

/** A button that loads the page again, with the files of the release that runs now. */
export const Reload = () => (
  <button type="button" onClick={() => window.location.reload()} className="underline">
    Reload the page
  </button>
);
