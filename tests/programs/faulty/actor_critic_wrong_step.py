"""An actor-critic: the loss of the critic is followed by another step of the actor."""

import argparse

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical

parser = argparse.ArgumentParser()
parser.add_argument("--gamma", type=float, default=0.99)
parser.add_argument("--seed", type=int, default=543)
parser.add_argument("--episodes", type=int, default=1000)
args = parser.parse_args()

env = gym.make("CartPole-v1")
env.reset(seed=args.seed)
torch.manual_seed(args.seed)
eps = np.finfo(np.float32).eps.item()


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 128)
        self.dropout = nn.Dropout(p=0.6)
        self.affine2 = nn.Linear(128, 2)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        x = F.relu(self.dropout(self.affine1(x)))
        return F.softmax(self.affine2(x), dim=1)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 1))

    def forward(self, state):
        return self.net(state).squeeze(-1)


def returns_of(rewards):
    discounted, total = [], 0.0
    for reward in rewards[::-1]:
        total = reward + args.gamma * total
        discounted.insert(0, total)
    return torch.tensor(discounted)


def reinforce():
    policy = Policy()
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)
    for episode in range(args.episodes):
        state, _ = env.reset()
        for t in range(1, 10000):
            probabilities = policy(torch.from_numpy(state).float().unsqueeze(0))
            distribution = Categorical(probabilities)
            action = distribution.sample()
            policy.saved_log_probs.append(distribution.log_prob(action))
            state, reward, terminated, truncated, _ = env.step(action.item())
            policy.rewards.append(reward)
            if terminated or truncated:
                break

        returns = returns_of(policy.rewards)
        returns = (returns - returns.mean()) / (returns.std() + eps)
        policy_loss = []
        for log_prob, value in zip(policy.saved_log_probs, returns):
            policy_loss.append(-log_prob * value)
        optimizer.zero_grad()
        policy_loss = torch.cat(policy_loss).sum()
        policy_loss.backward()
        optimizer.step()
        del policy.rewards[:]
        del policy.saved_log_probs[:]


def actor_critic():
    actor = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 2))
    critic = Critic()
    actor_optimizer = optim.Adam(actor.parameters(), lr=3e-4)
    critic_optimizer = optim.Adam(critic.parameters(), lr=1e-3)  # CNN104
    for episode in range(args.episodes):
        states, actions, rewards = [], [], []
        state, _ = env.reset()
        ended = False
        while not ended:
            with torch.no_grad():
                logits = actor(torch.as_tensor(state, dtype=torch.float32))
            action = Categorical(logits=logits).sample().item()
            states.append(state)
            actions.append(action)
            state, reward, terminated, truncated, _ = env.step(action)
            rewards.append(reward)
            ended = terminated or truncated

        states = torch.tensor(np.array(states), dtype=torch.float32)
        actions = torch.tensor(actions)
        returns = returns_of(rewards)
        values = critic(states)
        advantage = (returns - values).detach()
        log_probabilities = F.log_softmax(actor(states), dim=1)
        chosen = log_probabilities.gather(1, actions.unsqueeze(1)).squeeze(1)
        entropy = -(log_probabilities.exp() * log_probabilities).sum(1).mean()

        actor_loss = -(chosen * advantage).mean() - 0.01 * entropy
        actor_optimizer.zero_grad()
        actor_loss.backward()
        actor_optimizer.step()

        critic_loss = F.mse_loss(values, returns)
        critic_optimizer.zero_grad()
        critic_loss.backward()
        actor_optimizer.step()
        if episode % 10 == 0:
            print(episode, sum(rewards), actor_loss.item(), critic_loss.item())


if __name__ == "__main__":
    reinforce()
    actor_critic()
