from .factory import create_model, register_model
from .models import *
