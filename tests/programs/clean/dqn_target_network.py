"""Deep Q-learning: replayed steps, a target network that follows by copies, an environment with old and new API."""

import math
import random
from collections import deque, namedtuple

import gymnasium as gym
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward", "done"))

GAMMA = 0.99
BATCH_SIZE = 128
EPSILON_START, EPSILON_END, EPSILON_DECAY = 0.9, 0.05, 1000
COPY_EVERY = 500


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = deque(maxlen=capacity)

    def push(self, *values):
        self.memory.append(Transition(*values))

    def sample(self, batch_size):
        return Transition(*zip(*random.sample(self.memory, batch_size)))

    def __len__(self):
        return len(self.memory)


class QNetwork(nn.Module):
    def __init__(self, observations, actions):
        super().__init__()
        self.layer1 = nn.Linear(observations, 128)
        self.layer2 = nn.Linear(128, 128)
        self.layer3 = nn.Linear(128, actions)

    def forward(self, x):
        x = F.relu(self.layer1(x))
        x = F.relu(self.layer2(x))
        return self.layer3(x)


class Agent:
    def __init__(self, observations, actions, device):
        self.device = device
        self.actions = actions
        self.policy_net = QNetwork(observations, actions).to(device)
        self.target_net = QNetwork(observations, actions).to(device)
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.target_net.eval()
        self.optimizer = optim.AdamW(self.policy_net.parameters(), lr=1e-4, amsgrad=True)
        self.memory = ReplayMemory(10000)
        self.steps_done = 0

    def select_action(self, state):
        epsilon = EPSILON_END + (EPSILON_START - EPSILON_END) * math.exp(-self.steps_done / EPSILON_DECAY)
        self.steps_done += 1
        if random.random() < epsilon:
            return torch.tensor([[random.randrange(self.actions)]], device=self.device)
        with torch.no_grad():
            return self.policy_net(state).max(1)[1].view(1, 1)

    def optimize(self):
        if len(self.memory) < BATCH_SIZE:
            return None
        batch = self.memory.sample(BATCH_SIZE)
        states = torch.cat(batch.state)
        actions = torch.cat(batch.action)
        rewards = torch.cat(batch.reward)
        next_states = torch.cat(batch.next_state)
        done = torch.cat(batch.done)

        values = self.policy_net(states).gather(1, actions).squeeze(1)
        next_values = self.target_net(next_states).max(1)[0].detach()
        expected = rewards + GAMMA * next_values * (1 - done)
        loss = F.smooth_l1_loss(values, expected)

        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(self.policy_net.parameters(), 100)
        self.optimizer.step()
        if self.steps_done % COPY_EVERY == 0:
            self.target_net.load_state_dict(self.policy_net.state_dict())
        return loss.item()


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    env = gym.make("CartPole-v1")
    agent = Agent(4, 2, device)
    for episode in range(600):
        observation, _ = env.reset()
        state = torch.tensor(observation, dtype=torch.float32, device=device).unsqueeze(0)
        length, ended = 0, False
        while not ended:
            action = agent.select_action(state)
            observation, reward, terminated, truncated, _ = env.step(action.item())
            ended = terminated or truncated
            next_state = torch.tensor(observation, dtype=torch.float32, device=device).unsqueeze(0)
            reward = torch.tensor([reward], dtype=torch.float32, device=device)
            done = torch.tensor([float(terminated)], device=device)
            agent.memory.push(state, action, next_state, reward, done)
            state = next_state
            agent.optimize()
            length += 1
        print(episode, length)
    torch.save(agent.policy_net.state_dict(), "dqn.pt")


if __name__ == "__main__":
    main()
