"""Matters residents raise at a door: 受理 accepted → 分流 routed → 办结 settled → 反馈 answered. Pure: nouns, states, clocks,
routes."""
