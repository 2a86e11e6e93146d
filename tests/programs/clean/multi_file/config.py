"""Settings, as plain constants."""

DATA_ROOT = "data"
NUM_CLASSES = 10
INPUT_CHANNELS = 3
BATCH_SIZE = 128
EPOCHS = 90
BASE_LR = 0.05
WEIGHT_DECAY = 5e-4
WARMUP_EPOCHS = 3
NET = "vgg"
