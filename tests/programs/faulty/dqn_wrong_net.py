"""A DQN in functions: the optimizer has the target network, which only follows by copies."""

import copy
import random
from collections import deque

import gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class DQN(nn.Module):
    def __init__(self, n_actions):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(4, 32, 8, stride=4), nn.ReLU(),
            nn.Conv2d(32, 64, 4, stride=2), nn.ReLU(),
            nn.Conv2d(64, 64, 3), nn.ReLU(),
            nn.Flatten(),
        )
        self.fc = nn.Sequential(nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, n_actions))

    def forward(self, x):
        return self.fc(self.conv(x / 255.0))


def act(net, state, epsilon, n_actions):
    if random.random() < epsilon:
        return random.randrange(n_actions)
    with torch.no_grad():
        return net(torch.as_tensor(state, dtype=torch.float32).unsqueeze(0)).argmax(1).item()


def learn(policy_net, target_net, optimizer, batch, gamma=0.99):
    state, action, reward, next_state, done = (torch.as_tensor(np.array(each)) for each in zip(*batch))
    with torch.no_grad():
        best = target_net(next_state.float()).max(dim=1).values
        wanted = reward.float() + gamma * best * (1 - done.float())
    value = policy_net(state.float()).gather(1, action.unsqueeze(1)).squeeze(1)
    loss = F.smooth_l1_loss(value, wanted)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(policy_net.parameters(), 10)
    optimizer.step()
    return loss.item()


def main():
    env = gym.make("PongNoFrameskip-v4")
    n_actions = env.action_space.n
    policy_net = DQN(n_actions)
    target_net = copy.deepcopy(policy_net).eval()
    optimizer = torch.optim.Adam(target_net.parameters(), lr=1e-4)  # CNN111
    replay = deque(maxlen=100_000)
    state = env.reset()
    for step in range(1_000_000):
        epsilon = max(0.02, 1 - step / 100_000)
        action = act(policy_net, state, epsilon, n_actions)
        next_state, reward, done, _ = env.step(action)
        replay.append((state, action, reward, next_state, done))
        state = env.reset() if done else next_state
        if len(replay) >= 10_000:
            learn(policy_net, target_net, optimizer, random.sample(replay, 32))
        if step % 1000 == 0:
            target_net.load_state_dict(policy_net.state_dict())


main()
