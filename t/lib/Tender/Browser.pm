package Tender::Browser;

# Copyright (C) ngx_tender_module contributors

# Debian's chromium without a screen, by way of its chromedriver and the
# WebDriver protocol.
#
#   my $why = Tender::Browser->missing;      # a sentence, or nothing
#   my $b = Tender::Browser->new(dir => $t->dir, languages => 'fr');
#   $b->go($url);
#   $b->type('#kwords', 'desks');            # into an empty field
#   $b->click('main button');                # by a CSS selector
#   $b->leave(sub { $b->click('a') });       # and waits for the next page
#   is($b->text('h1'), '...');               # bytes
#   $b->press('Tab', 'Enter');
#   my $value = $b->run('return document.title');
#   $b->size(375, 800);
#   $b->shot('build/screenshots/a.png');
#   my @lines = $b->log;                     # what the console has said
#   $b->close;
#
# Options of new(): dir, where it keeps its files; script => 0, pages run no
# script; languages, Accept-Language; dark => 1.

use strict;
use warnings;

use HTTP::Tiny ();
use JSON::PP ();
use MIME::Base64 ();
use POSIX ();
use Time::HiRes qw(sleep time);

use Tender::Port;


# generous: the machine may be busy
my $TIMEOUT = 60;

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

my %KEYS = (Tab => "\x{e004}", Enter => "\x{e007}", Shift => "\x{e008}",
            Space => ' ', Down => "\x{e015}", Escape => "\x{e00c}");

my $n = 0;


sub program {
    my ($name) = @_;

    my ($path) = grep { -x } map { "$_/$name" }
                 split(/:/, $ENV{PATH} || ''), '/usr/bin';

    return $path;
}


sub missing {
    for my $name (qw(chromium chromedriver)) {
        return "there is no $name: run tools/deps test" if !program($name);
    }

    return;
}


sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        script => 1, languages => 'en', owner => $$, %opt,
        port => Tender::Port->new, n => ++$n,
        http => HTTP::Tiny->new(timeout => $TIMEOUT, keep_alive => 1,
                                proxy => undef, http_proxy => undef),
    }, $class;

    $self->{home} = "$self->{dir}/browser$self->{n}";
    mkdir $self->{home} or die "mkdir: $!\n";

    $self->start;
    $self->open;

    return $self;
}


# in a process group of its own, which ends with it

sub start {
    my ($self) = @_;

    my $port = $self->{port}->number;
    my $pid  = fork();

    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        POSIX::setsid();
        @ENV{qw(HOME XDG_CONFIG_HOME XDG_CACHE_HOME)}
            = ($self->{home}) x 3;
        delete @ENV{ grep { /_proxy$|^DISPLAY$|^DBUS_/i } keys %ENV };
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>>', "$self->{home}/driver.out";
        open STDERR, '>&', \*STDOUT;
        { exec program('chromedriver'), "--port=$port",
               '--allowed-ips=127.0.0.1' }
        POSIX::_exit(127);
    }

    $self->{pid} = $pid;

    my $end = time() + $TIMEOUT;

    while (1) {
        my $r = $self->{http}->get("http://127.0.0.1:$port/status");

        return if $r->{success}
                  && $json->decode($r->{content})->{value}{ready};

        die "chromedriver does not answer\n" if time() > $end;
        sleep 0.05;
    }
}


sub open {
    my ($self) = @_;

    my @args = ('--headless=new', '--no-sandbox', '--disable-gpu',
                '--disable-dev-shm-usage', '--no-first-run',
                '--no-proxy-server', '--disable-extensions',
                '--disable-background-networking', '--disable-sync',
                '--disable-component-update', '--hide-scrollbars',
                '--force-color-profile=srgb', '--window-size=1280,900',
                "--user-data-dir=$self->{home}/data",
                $self->{dark} ? '--force-dark-mode' : ());
    my $prefs = { 'intl.accept_languages' => $self->{languages} };

    $prefs->{'profile.managed_default_content_settings.javascript'} = 2
        if !$self->{script};

    my $value = $self->ask(POST => '', {
        capabilities => { alwaysMatch => {
            browserName => 'chrome',
            'goog:chromeOptions' => {
                binary => program('chromium'), args => \@args,
                prefs => $prefs,
            },
            'goog:loggingPrefs' => { browser => 'ALL' },
            timeouts => { pageLoad => 1000 * $TIMEOUT,
                          script => 1000 * $TIMEOUT },
        } },
    });

    $self->{session} = $value->{sessionId};
}


# one command; dies with what the browser says

sub ask {
    my ($self, $method, $path, $body) = @_;

    my $url = 'http://127.0.0.1:' . $self->{port}->number . '/session'
              . ($self->{session} ? "/$self->{session}$path" : '');
    my $r = $self->{http}->request($method, $url, {
        headers => { 'Content-Type' => 'application/json' },
        $method eq 'POST' ? (content => $json->encode($body || {})) : (),
    });
    my $answer = eval { $json->decode($r->{content}) };

    die "the browser: $r->{status} $r->{content}\n" if !$answer;

    my $value = $answer->{value};

    die "the browser: $value->{error}: $value->{message}\n"
        if ref $value eq 'HASH' && $value->{error};

    return $value;
}


sub cdp {
    my ($self, $cmd, %params) = @_;

    return $self->ask(POST => '/goog/cdp/execute',
                      { cmd => $cmd, params => \%params });
}


sub go { $_[0]->ask(POST => '/url', { url => $_[1] }) }

sub url { $_[0]->ask(GET => '/url') }


sub find {
    my ($self, $selector) = @_;

    my $found = $self->ask(POST => '/element', {
        using => 'css selector', value => $selector,
    });

    return (values %$found)[0];
}


sub all {
    my ($self, $selector) = @_;

    my $found = $self->ask(POST => '/elements', {
        using => 'css selector', value => $selector,
    });

    return map { (values %$_)[0] } @$found;
}


sub has { scalar(my @found = $_[0]->all($_[1])) }


sub element {
    my ($self, $selector, $method, $what, $body) = @_;

    return $self->ask($method, '/element/' . $self->find($selector) . $what,
                      $body);
}


sub bytes {
    my ($text) = @_;

    utf8::encode($text) if defined $text && utf8::is_utf8($text);

    return $text;
}


sub text { bytes($_[0]->element($_[1], GET => '/text')) }

sub value { bytes($_[0]->element($_[1], GET => '/property/value')) }

sub attribute { bytes($_[0]->element($_[1], GET => "/attribute/$_[2]")) }

sub click { $_[0]->element($_[1], POST => '/click') }

sub body { bytes($_[0]->ask(GET => '/source')) }


sub type {
    my ($self, $selector, $text) = @_;

    utf8::decode($text);

    $self->element($selector, POST => '/clear');
    $self->element($selector, POST => '/value', { text => $text })
        if length $text;
}


# keys as a keyboard has them, to whatever has the focus

sub press {
    my ($self, @keys) = @_;

    my @actions = map { my $key = $KEYS{$_} || $_;
                        ({ type => 'keyDown', value => $key },
                         { type => 'keyUp', value => $key }) } @keys;

    $self->ask(POST => '/actions', { actions => [
        { type => 'key', id => 'keyboard', actions => \@actions },
    ] });
}


sub run {
    my ($self, $script, @args) = @_;

    return $self->ask(POST => '/execute/sync',
                      { script => $script, args => \@args });
}


# until code is true; dies with the page's text if it never is

sub wait {
    my ($self, $code) = @_;

    my $end = time() + $TIMEOUT;

    while (1) {
        my $value = eval { $code->() };

        return $value if $value;

        die 'it did not come: ' . ($@ || $self->url . "\n" . $self->body)
            if time() > $end;
        sleep 0.05;
    }
}


# what code does leads to another page: waits until that is there

sub leave {
    my ($self, $code) = @_;

    my $old = $self->find('html');

    $code->();

    $self->wait(sub {
        my $new = eval { $self->find('html') };

        $new && $new ne $old && $self->has('footer');
    });
}


sub size {
    my ($self, $width, $height) = @_;

    $self->cdp('Emulation.setDeviceMetricsOverride', width => $width,
               height => $height, deviceScaleFactor => 1,
               mobile => $width < 640 ? JSON::PP::true : JSON::PP::false);
}


# the whole of the page

sub shot {
    my ($self, $file) = @_;

    my $size = $self->cdp('Page.getLayoutMetrics')->{cssContentSize};
    my $shot = $self->cdp('Page.captureScreenshot', format => 'png',
                          captureBeyondViewport => JSON::PP::true,
                          clip => { x => 0, y => 0, scale => 1,
                                    width => $size->{width},
                                    height => $size->{height} });

    CORE::open(my $fh, '>:raw', $file) or die "$file: $!\n";
    print $fh MIME::Base64::decode_base64($shot->{data});
    CORE::close($fh) or die "$file: $!\n";
}


sub log {
    my ($self) = @_;

    return map { bytes("$_->{level}: $_->{message}") }
           @{ $self->ask(POST => '/se/log', { type => 'browser' }) };
}


sub close {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    eval { $self->ask(DELETE => '') } if $self->{session};

    local $?;
    kill 'TERM', -$pid;

    my $end = time() + 10;

    until (waitpid($pid, POSIX::WNOHANG()) == $pid) {
        kill 'KILL', -$pid if time() > $end;
        sleep 0.02;
    }
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $@);
    $self->close if $self->{owner} == $$;
}


1;
