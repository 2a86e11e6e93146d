print('no torch')
